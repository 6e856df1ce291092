"""Loaded by schemathesis: signs requests as clients do, and names templates that exist where a well-formed id stands."""
import os
import sys
import uuid

import schemathesis

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "functional"))
from harness import make_token  # noqa: E402

KEY = os.environ["POSTROOM_TEST_KEY"]
TEMPLATES = {"sms": os.environ["POSTROOM_TEST_SMS"], "email": os.environ["POSTROOM_TEST_EMAIL"],
             "letter": os.environ["POSTROOM_TEST_LETTER"]}
LETTER = {"name": "Ann", "address_line_1": "A Person", "address_line_2": "1 High Street", "address_line_3": "LS1 4AP"}


@schemathesis.auth(refresh_interval=10)
class Token:
    def get(self, case, context):
        return make_token(KEY[-73:-37], KEY[-36:])

    def set(self, case, token, context):
        case.headers = case.headers or {}
        case.headers["Authorization"] = "Bearer " + token


def is_id(value):
    try:
        return isinstance(value, str) and bool(uuid.UUID(value))
    except ValueError:
        return False


@schemathesis.hook
def map_body(context, body):
    if not isinstance(body, dict) or not is_id(body.get("template_id")):
        return body
    kind = context.operation.path.rsplit("/", 1)[1]
    values = body.get("personalisation")
    if isinstance(values, dict):
        body = {**body, "personalisation": {**values, **LETTER}}
    return {**body, "template_id": TEMPLATES.get(kind, TEMPLATES["sms"])}


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    if path_parameters and is_id(path_parameters.get("template_id")):
        return {**path_parameters, "template_id": TEMPLATES["sms"]}
    return path_parameters
