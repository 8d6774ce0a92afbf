#include "broker/native/tasks_service.h"

#include <utility>
#include <vector>

#include "broker/native/admin_call.h"
#include "broker/native/info_codec.h"
#include "broker/model/limits.h"

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
      [this](const engine::Caller& caller, const v1::ListTasksRequest&, Answer<v1::ListTasksResponse> answer) {
        const engine::ListRequest all{.page_size = model::kMaxListPage};
        context_.engine().ListTasks(caller, all, [answer = std::move(answer)](Result<engine::ListPage<engine::TaskInfo>> page) {
          if (!page.ok()) return answer(std::move(page).error());
          v1::ListTasksResponse response;
          for (const auto& task : page->items) ToProto(task, response.add_tasks());
          answer(std::move(response));
        });
      });
}

}  // namespace broker::native
