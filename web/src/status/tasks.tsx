import type { TaskStatus } from "../wire/types";
import { Notice } from "../ui/notice";

/** The tasks of the processor: what each has read and written, and how it has fared. */
export function Tasks({ tasks }: { tasks: TaskStatus[] }) {
  return (
    <section class="panel" aria-label="Tasks">
      <div class="panel-head">
        <h2>Tasks</h2>
        <span class="muted">since the start</span>
      </div>
      {tasks.length === 0 ? (
        <Notice title="The tasks are starting" />
      ) : (
        <div class="scroll">
          <table class="data">
            <thead>
              <tr>
                <th scope="col">Task</th>
                <th scope="col">State</th>
                <th scope="col" class="number">
                  records
                </th>
                <th scope="col" class="number">
                  written
                </th>
                <th scope="col" class="number">
                  restarts
                </th>
                <th scope="col" class="number" title="How long it took to take up its state at the start">
                  restored in
                </th>
              </tr>
            </thead>
            <tbody>
              {tasks.map((task) => (
                <TaskRow key={task.task} task={task} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function TaskRow({ task }: { task: TaskStatus }) {
  return (
    <tr>
      <th scope="row">{task.task}</th>
      <td class={task.error ? "wrap source-state" : "source-state"} data-state={task.error ? "down" : "ok"}>
        <span aria-hidden="true">{task.error ? "✕" : "●"}</span> {task.error || "running"}
      </td>
      <td class="number">{task.records.toLocaleString("en")}</td>
      <td class="number">{task.emitted.toLocaleString("en")}</td>
      <td class="number">{task.restarts.toLocaleString("en")}</td>
      <td class="number">{task.restored_seconds.toFixed(2)} s</td>
    </tr>
  );
}
