"""Speech: audio in, utterances out. Engines stand behind `consultation.ports.Transcriber`."""
