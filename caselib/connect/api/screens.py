def docs_screen(site):
    return None
