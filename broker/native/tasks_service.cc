#include "broker/native/tasks_service.h"

#include <utility>

#include "broker/native/admin_call.h"
#include "broker/native/info_codec.h"
#include "broker/native/request_codec.h"

namespace broker::native {

void TasksService::Arm() {
  ArmAdmin<v1::GetTaskRequest, v1::Task>(
      context_, *this, &TasksService::RequestGet,
      [this](const engine::Caller& caller, const v1::GetTaskRequest& request, Answer<v1::Task> answer) {
        auto id = ToTaskId(request.id());
        if (!id.ok()) return answer(std::move(id).error());
        context_.engine().GetTask(caller, *id, Then<engine::TaskInfo>(std::move(answer)));
      });
  ArmAdmin<v1::ListTasksRequest, v1::ListTasksResponse>(
      context_, *this, &TasksService::RequestList,
      [this](const engine::Caller& caller, const v1::ListTasksRequest& request, Answer<v1::ListTasksResponse> answer) {
        auto list = ToList({}, request.page_size(), request.page_token());
        if (!list.ok()) return answer(std::move(list).error());
        context_.engine().ListTasks(caller, *std::move(list),
                                    [answer = std::move(answer)](Result<engine::ListPage<engine::TaskInfo>> page) {
                                      if (!page.ok()) return answer(std::move(page).error());
                                      v1::ListTasksResponse response;
                                      for (const auto& task : page->items) ToProto(task, response.add_tasks());
                                      response.set_next_page_token(page->next_page_token);
                                      answer(std::move(response));
                                    });
      });
  ArmAdmin<v1::CancelTaskRequest, v1::Task>(
      context_, *this, &TasksService::RequestCancel,
      [this](const engine::Caller& caller, const v1::CancelTaskRequest& request, Answer<v1::Task> answer) {
        auto id = ToTaskId(request.id());
        if (!id.ok()) return answer(std::move(id).error());
        context_.engine().CancelTask(caller, *id, Then<engine::TaskInfo>(std::move(answer)));
      });
}

}  // namespace broker::native
