#include "broker/aws/render.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "broker/aws/wire/json_writer.h"
#include "broker/aws/wire/xml_writer.h"

namespace broker::aws {
namespace {

std::string_view Namespace(Service service) {
  switch (service) {
    case Service::kSqs: return "http://queue.amazonaws.com/doc/2012-11-05/";
    case Service::kSns: return "http://sns.amazonaws.com/doc/2010-03-31/";
  }
  return {};
}

XmlLists Lists(Service service) {
  switch (service) {
    case Service::kSqs: return XmlLists::kFlattened;
    case Service::kSns: return XmlLists::kWrapped;
  }
  return XmlLists::kWrapped;
}

net::Response Answer(const Frame& frame, int status, std::string body) {
  const char* const type = frame.form == Form::kJson ? "application/x-amz-json-1.0" : "text/xml";
  return {status, {{"x-amzn-RequestId", frame.request_id}, {"Content-Type", type}}, std::move(body)};
}

net::Response JsonRefusal(const Frame& frame, const Refusal& refusal) {
  JsonWriter json;
  json.Text("__type", refusal.fault.json_type);
  json.Text("message", std::string_view(refusal.message));
  net::Response response = Answer(frame, refusal.fault.json_status, json.Take());
  response.headers.push_back(
      {"x-amzn-query-error", fmt::format("{};{}", refusal.fault.code, refusal.fault.sender ? "Sender" : "Receiver")});
  return response;
}

net::Response XmlRefusal(const Frame& frame, const Refusal& refusal) {
  // All that the real service says when it cannot tell what is wanted.
  if (refusal.fault.code == RowOf(CommonFault::kUnknownOperation).code) {
    return Answer(frame, refusal.fault.status, "<UnknownOperationException/>\n");
  }
  std::string message;
  AppendXmlText(refusal.message, message);
  return Answer(frame, refusal.fault.status,
                fmt::format("<?xml version=\"1.0\"?><ErrorResponse xmlns=\"{}\"><Error><Type>{}</Type><Code>{}</Code>"
                            "<Message>{}</Message>{}</Error><RequestId>{}</RequestId></ErrorResponse>",
                            Namespace(frame.service), refusal.fault.sender ? "Sender" : "Receiver", refusal.fault.code,
                            message, frame.service == Service::kSqs ? "<Detail/>" : "", frame.request_id));
}

}  // namespace

net::Response RenderOutput(const Frame& frame, const std::function<void(Writer&)>& write) {
  if (frame.form == Form::kJson) {
    JsonWriter json;
    if (write) write(json);
    return Answer(frame, 200, json.Take());
  }
  std::string result;
  if (write) {
    XmlWriter xml(Lists(frame.service));
    write(xml);
    const std::string members = xml.Take();
    result = members.empty() ? fmt::format("<{}Result/>", frame.action)
                             : fmt::format("<{0}Result>{1}</{0}Result>", frame.action, members);
  }
  return Answer(frame, 200,
                fmt::format("<?xml version=\"1.0\"?><{0}Response xmlns=\"{1}\">{2}<ResponseMetadata><RequestId>{3}"
                            "</RequestId></ResponseMetadata></{0}Response>",
                            frame.action, Namespace(frame.service), result, frame.request_id));
}

net::Response RenderRefusal(const Frame& frame, const Refusal& refusal) {
  return frame.form == Form::kJson ? JsonRefusal(frame, refusal) : XmlRefusal(frame, refusal);
}

}  // namespace broker::aws
