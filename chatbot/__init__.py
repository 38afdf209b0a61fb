"""서울톡: answers citizens in the words of an approved entry, and hands over to a person."""
