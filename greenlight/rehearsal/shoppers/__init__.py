"""People with accounts who use the shop during an act, each of whom keeps a ledger of what must be there afterwards."""
