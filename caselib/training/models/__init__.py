from .learning import Assignment, Attempt, Enrolment, LessonProgress, Response, ReviewCard, Unclear
from .packs import Lesson, LessonQuestion, Module, Pack, PackDecision, PackEditor, PackVersion
from .questions import Question, QuestionText

__all__ = [
    "Assignment",
    "Attempt",
    "Enrolment",
    "Lesson",
    "LessonProgress",
    "LessonQuestion",
    "Module",
    "Pack",
    "PackDecision",
    "PackEditor",
    "PackVersion",
    "Question",
    "QuestionText",
    "Response",
    "ReviewCard",
    "Unclear",
]
