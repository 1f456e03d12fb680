"""What Attune knows about instruments, protocols and time: pure, no input or output, time an argument."""
