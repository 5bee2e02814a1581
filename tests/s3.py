"""An S3 service on this machine, to be asked without credentials, as a public bucket is."""

from collections.abc import Iterator
from contextlib import contextmanager

import boto3
import requests
from moto.server import ThreadedMotoServer

MIB = 2**20


class Service:
    """The service, empty but for a bucket `lab`, whose objects everyone may read."""

    acl = "public-read"

    def __init__(self, url: str) -> None:
        requests.post(f"{url}/moto-api/reset", timeout=10)
        self._client = boto3.client(
            "s3",
            endpoint_url=url,
            region_name="us-east-1",
            aws_access_key_id="owner",
            aws_secret_access_key="owner",
        )
        self._client.create_bucket(Bucket="lab")

    def put(self, path: str, content: bytes) -> str:
        """Upload an object in one piece and give its tag."""
        done = self._client.put_object(Bucket="lab", Key=path, Body=content, ACL=self.acl)
        return done["ETag"].strip('"')

    def put_parts(self, path: str, content: bytes, mebibytes: int) -> str:
        """Upload an object in parts and give its tag."""
        where = {"Bucket": "lab", "Key": path}
        begun = self._client.create_multipart_upload(**where, ACL=self.acl)
        upload = where | {"UploadId": begun["UploadId"]}
        parts = []
        for number, start in enumerate(range(0, len(content), mebibytes * MIB), start=1):
            piece = content[start : start + mebibytes * MIB]
            tag = self._client.upload_part(**upload, PartNumber=number, Body=piece)["ETag"]
            parts.append({"PartNumber": number, "ETag": tag})
        done = self._client.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
        return done["ETag"].strip('"')


@contextmanager
def server() -> Iterator[str]:
    """Run the service and give its address."""
    running = ThreadedMotoServer("127.0.0.1", 0)
    running.start()
    try:
        yield "http://{}:{}".format(*running.get_host_and_port())
    finally:
        running.stop()
