"""The status page: polled by the paging worker, read into announcements."""
