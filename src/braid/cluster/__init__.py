"""What a Slurm cluster says: its partitions and limits, accounts, queue, and how jobs ended.

Each module has pure readers of what one of Slurm's commands prints, and the command beside them.
"""
