"""The verdict on train_step."""
