"""Fits the numbers of `caselib.search.confidence` again: `python -m tests.search.calibrate FOLDER RUN [FOLDER RUN ...]`.

FOLDER holds queries.jsonl, and a RUN is what `manage.py evaluate_search FOLDER --run RUN` wrote. Questions of the half
that is held out are not learnt from; they are only counted at the end. Prints the weights and what they recognise.
"""

import json
import sys
from pathlib import Path

import numpy as np

# Share of the questions with an answer that may be told wrongly that nothing fits. GOALS allow 2 % on unseen data.
LOSS = 0.012
_RIDGE, _STEPS, _RATE = 0.01, 4000, 0.05


def examples(folder: Path, run: Path) -> list[tuple[dict[str, float], bool, bool]]:
    """(signs, whether there is an answer, whether it may be learnt from) of each question that was judged by signs."""
    queries = {line["id"]: line for line in map(json.loads, (folder / "queries.jsonl").open(encoding="utf-8"))}
    corpus = folder / "corpus.jsonl"
    judged = [json.loads(line) for line in (folder / "qrels.jsonl").open(encoding="utf-8")]
    best: dict[str, int] = {}
    for line in judged:
        best[line["query"]] = max(best.get(line["query"], 0), line["grade"])
    found = []
    for line in map(json.loads, run.open(encoding="utf-8")):
        query = queries[line["query"]]
        right = {one["doc"] for one in judged if one["query"] == query["id"] and one["grade"] == best[query["id"]]}
        # A question whose answer is a draft of the starter library has none for a clerk, but is no example of that.
        if line.get("signs") and (corpus.exists() or not right or right & set(line["docs"])):
            found.append((line["signs"], bool(right), query.get("split") != "held_out"))
    return found


def fitted(signs: np.ndarray, answered: np.ndarray) -> tuple[np.ndarray, float]:
    """Weights and constant of a logistic score, both kinds of question counting alike."""
    centre, spread = signs.mean(0), signs.std(0) + 1e-9
    scaled = (signs - centre) / spread
    weights, constant = np.zeros(scaled.shape[1]), 0.0
    share = np.where(answered, 0.5 / answered.mean(), 0.5 / (1 - answered.mean()))
    for _ in range(_STEPS):
        error = share * (1 / (1 + np.exp(-(scaled @ weights + constant))) - answered)
        weights -= _RATE * (scaled.T @ error / len(answered) + _RIDGE * weights)
        constant -= _RATE * error.mean()
    return weights / spread, constant - (centre / spread) @ weights


def main(arguments: list[str]) -> None:
    pairs = list(zip(map(Path, arguments[::2]), map(Path, arguments[1::2]), strict=True))
    sets = [examples(folder, run) for folder, run in pairs]
    learnt = [one for examples_in in sets for one in examples_in if one[2]]
    names = sorted(learnt[0][0])
    table = np.array([[signs.get(name, 0.0) for name in names] for signs, _, _ in learnt])
    answered = np.array([is_answered for _, is_answered, _ in learnt])
    weights, constant = fitted(table, answered)
    scores = table @ weights + constant
    constant -= np.sort(scores[answered])[int(LOSS * answered.sum())]
    for name, weight in zip(names, weights, strict=True):
        sys.stdout.write(f'        "{name}": {weight:.4f},\n')
    sys.stdout.write(f'        "constant": {constant:.4f},\n')
    for (folder, _), examples_in in zip(pairs, sets, strict=True):
        for is_learnt in (True, False):
            part = [one for one in examples_in if one[2] is is_learnt]
            told = [sum(weights[names.index(n)] * v for n, v in signs.items()) + constant >= 0 for signs, _, _ in part]
            lost = sum(not fits for fits, one in zip(told, part, strict=True) if one[1])
            recognised = sum(not fits for fits, one in zip(told, part, strict=True) if not one[1])
            none = sum(not one[1] for one in part)
            sys.stdout.write(
                f"{folder.name} {'learnt' if is_learnt else 'held out'}: {recognised} of {none} recognised, "
                f"{lost} of {len(part) - none} lost\n"
            )


if __name__ == "__main__":
    main(sys.argv[1:])
