"""How many layers and cells should an LSTM have? Answers with evidence."""
