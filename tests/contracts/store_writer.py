"""A process that writes turns and audit rows as fast as it can, and says what was acknowledged.

Usage: python store_writer.py URL MASTER_KEY_HEX CONVERSATION_ID COUNT
Prints `started` once the store is open, then each index after `add_turn` has returned.
"""

import sys

from consultation.store import open_store
from consultation.types import Speaker, Turn

url, master_key, conversation_id, count = sys.argv[1:]
store = open_store(url, master_key=bytes.fromhex(master_key))
print("started", flush=True)
for index in range(int(count)):
    text = f"{conversation_id}의 {index}번째 말"
    store.conversations.add_turn(conversation_id, Turn(index, Speaker.CITIZEN, text, index, index + 1), text)
    store.audit.record(conversation_id, "write", str(index))
    print(index, flush=True)
store.close()
