"""The quiz bank: read docs/teach/quiz.yaml, and write it for learning systems and as pages."""
