"""What the actions of ``linclf grade`` do; imported when one of them runs.

author   init, release, gradescope-zip       one    check, run
many     batch, report, export               machine   audit, redteam, doctor
"""
