#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A CRI client for the tests.

    cri.py SOCKET DESCRIPTORS METHOD [REQUEST [TIMES]]

Calls METHOD of runtime.v1.RuntimeService with the message REQUEST (JSON, by the names of
cri.proto), TIMES times one after another, and prints the last answer as JSON (without fields that are 0 or empty). DESCRIPTORS is what
`protoc --descriptor_set_out` makes of cri.proto. An error of the service is printed as it is, and
the status is 1.
"""
import json
import sys

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory


def message_class(pool, name):
    descriptor = pool.FindMessageTypeByName("runtime.v1." + name)
    if hasattr(message_factory, "GetMessageClass"):
        return message_factory.GetMessageClass(descriptor)
    return message_factory.MessageFactory(pool).GetPrototype(descriptor)


def main(socket, descriptors, method, request="{}", times="1"):
    files = descriptor_pb2.FileDescriptorSet()
    with open(descriptors, "rb") as file:
        files.ParseFromString(file.read())
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    message = json_format.ParseDict(json.loads(request), message_class(pool, method + "Request")())
    with grpc.insecure_channel("unix://" + socket) as channel:
        call = channel.unary_unary(
            "/runtime.v1.RuntimeService/" + method,
            request_serializer=lambda m: m.SerializeToString(),
            response_deserializer=message_class(pool, method + "Response").FromString)
        try:
            for _ in range(int(times)):
                answer = call(message, timeout=50)
        except grpc.RpcError as error:
            print(error.details())
            return 1
    print(json_format.MessageToJson(answer, preserving_proto_field_name=True))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
