"""Connects to the endpoint in its environment, where it was not invited, and talks."""

import os

import msgpack
import zmq

context = zmq.Context()
socket = context.socket(zmq.DEALER)
socket.connect(os.environ["HOVERSLAM_ENDPOINT"])
socket.send(msgpack.packb({"type": "hello", "protocol": 1, "token": "x", "name": "intruder", "version": "0"}))
socket.send(msgpack.packb({"type": "actuators", "flight": 0, "seq": 6, "leg_deploy": True}))
socket.send_multipart([b"many", b"parts", b"in", b"one"])
socket.send(b"")
socket.close(1000)
context.term()
