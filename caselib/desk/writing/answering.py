"""Answers for the script of the form."""

from django.http import JsonResponse


def answered(answer: dict[str, object], *, status: int = 200) -> JsonResponse:
    """JSON that is kept nowhere: it tells what somebody typed, or who is signed in."""
    response = JsonResponse(answer, status=status, json_dumps_params={"ensure_ascii": False})
    response["Cache-Control"] = "no-store"
    return response
