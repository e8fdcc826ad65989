"""The backup flow: from Graph to a committed run. design: pages → records → snapshot file → index → manifest."""
