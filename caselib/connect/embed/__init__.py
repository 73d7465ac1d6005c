"""The panel that another system shows in a frame."""
