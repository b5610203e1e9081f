"""The playbook: its document as a firm writes it, and the handbook it resolves to."""
