"""The plant against numbers of others: `hoverslam validate`. See docs/verification.md."""
