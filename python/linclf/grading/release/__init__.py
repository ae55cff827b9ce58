"""What instructors begin with, and what students get.

- beginning, texts: a new assignment; releasing: its zip for students
- regions: solutions and hidden tests as they are marked; leaks: a second look for what got out
"""

from linclf.grading.release.releasing import (
    ReleaseError,
    release,
    student_files,
)

__all__ = [
    "ReleaseError",
    "release",
    "student_files",
]
