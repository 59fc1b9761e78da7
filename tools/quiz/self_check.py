"""Answers that a notebook checks by itself: this code is the first cell of docs/teach/prerequisites.ipynb."""

REPLIES = {}  # {"1": {"a": "No. Because ...", "b": "Yes. Because ..."}, "6": {"4": "Yes. Because ..."}}
FIRST_TRIES = {}  # {question: whether its first answer was right}


def check(question, answer):
    """Print whether an answer is right, and why. Only the first answer to a question counts."""
    replies = REPLIES[str(question)]
    answer = str(answer).strip().lower()
    if not answer:
        print("Write your answer between the quotes, and run the cell again.")
    elif answer in replies:
        FIRST_TRIES.setdefault(question, replies[answer].startswith("Yes"))
        print(replies[answer])
    elif "a" in replies:
        print(f"Choose one of {', '.join(replies)}.")
    else:
        FIRST_TRIES.setdefault(question, False)
        print("No. Compute it again.")


def show_score():
    """Print how many first answers were right, and what that means."""
    right = sum(FIRST_TRIES.values())
    print(f"{right} of {len(REPLIES)} right at the first try.")
    if missing := [question for question in REPLIES if int(question) not in FIRST_TRIES]:
        print("Not answered yet:", ", ".join(missing))
    elif right >= 8:
        print("Begin with chapter 1.")
    elif right >= 5:
        print("Begin, and read up on what you missed when the chapter needs it.")
    else:
        print("First work through an introduction to convolutional networks, and NumPy's beginner's guide.")
