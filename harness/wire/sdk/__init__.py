"""What a flight program may copy: clients of the wire that need nothing of ours. `hoverslam sdk` hands them out."""
