// Messages.Ack, Nack and Extend.
#pragma once

namespace broker::native {

class Context;
class MessagesService;

void ArmAck(Context& context, MessagesService& service);
void ArmNack(Context& context, MessagesService& service);
void ArmExtend(Context& context, MessagesService& service);

}  // namespace broker::native
