#include "broker/aws/wire/writer.h"

#include "broker/aws/wire/base64.h"

namespace broker::aws {

void Writer::Bytes(std::string_view name, std::string_view bytes) { Text(name, std::string_view(Base64Encode(bytes))); }

}  // namespace broker::aws
