internal import JSON
internal import Manifests

/// Objects for Kubernetes: a CronJob for each flow, and one for all that is due.
public struct KubernetesObjects {
  private let runs: ScheduledRuns
  private let image: String
  private let mount: String
  private let secret: String

  /// Makes objects.
  ///
  /// - Parameters:
  ///   - image: has Sluice as its `sluice`, and the project.
  ///   - mount: the project's folder in the image.
  ///   - secret: the Secret with the variables that manifests name; nothing: called after the project.
  public init(_ runs: ScheduledRuns, image: String, mount: String, secret: String?) {
    self.runs = runs
    self.image = image
    self.mount = mount
    self.secret = secret ?? runs.label("secrets")
  }

  /// The objects as YAML, a newline at the end.
  public var text: String {
    let all = object(
      runs.label(nil), labels: [], runs.arguments(),
      // What comes late, was missed, or comes at an hour of which a clock that is set back shows two; not in the minutes that
      // most schedules name.
      schedule: "2-59/5 * * * *", timezone: "Etc/UTC")
    let each = runs.flows.map { flow in
      object(
        runs.label(flow.flow), labels: [("sluice/flow", flow.flow)], runs.arguments(flow.flows),
        schedule: flow.schedule.plainFields, timezone: Self.timezone(flow.timezone))
    }
    return (notes + (each + [all]).flatMap { ["---"] + $0 }).joined(separator: "\n") + "\n"
  }

  private var notes: [String] {
    var lines = [
      "# Written by `sluice export kubernetes`: write it again once apply has changed a schedule.",
      "#",
      "# The image holds the project with its state in \(Self.comment(mount)). A small one may come from a ConfigMap, which",
      "# has no folders; mount it there as a volume of each CronJob:",
      "#   kubectl create configmap \(runs.label("project")) --from-file=.",
    ]
    if !runs.secrets.isEmpty {
      let values = runs.secrets.map { "--from-literal=\($0)=..." }.joined(separator: " ")
      lines += [
        "# The variables that manifests name come from a Secret; one that holds files is mounted as a volume likewise:",
        "#   kubectl create secret generic \(Self.comment(secret)) \(values)",
      ]
    }
    return lines
  }

  private func object(
    _ name: String, labels: [(String, String)], _ arguments: [String], schedule: String, timezone: String
  ) -> [String] {
    let own = labels.map { "    \($0): \(Self.text($1))" }
    let variables =
      runs.secrets.isEmpty
      ? []
      : ["              envFrom:", "                - secretRef:", "                    name: \(Self.text(secret))"]
    return [
      "apiVersion: batch/v1",
      "kind: CronJob",
      "metadata:",
      "  name: \(Self.text(name))",
      "  labels:",
      "    app.kubernetes.io/name: sluice",
    ] + own + [
      "  annotations:",
      "    sluice/project: \(Self.text(runs.name))",
      "spec:",
      "  schedule: \(Self.text(schedule))",
      "  timeZone: \(Self.text(timezone))",
      "  concurrencyPolicy: Forbid",
      "  startingDeadlineSeconds: 3600",
      "  successfulJobsHistoryLimit: 1",
      "  failedJobsHistoryLimit: 3",
      "  jobTemplate:",
      "    spec:",
      // A slot that failed is not due once more: the ledger has it, and the flow's own `retry` was tried.
      "      backoffLimit: 0",
      "      template:",
      "        spec:",
      "          restartPolicy: Never",
      "          automountServiceAccountToken: false",
      "          containers:",
      "            - name: sluice",
      "              image: \(Self.text(image))",
      "              command: [\(Self.argument(runs.program))]",
      "              args: [\(arguments.map(Self.argument).joined(separator: ", "))]",
    ] + variables + [
      "              securityContext:",
      "                allowPrivilegeEscalation: false",
      "                capabilities: {drop: [ALL]}",
      "                seccompProfile: {type: RuntimeDefault}",
    ]
  }

  /// Kubernetes takes names of the time zone database alone.
  private static func timezone(_ name: String) -> String { name.uppercased() == "UTC" ? "Etc/UTC" : name }

  /// JSON's strings are YAML's.
  private static func text(_ text: String) -> String { JSONValue.string(text).text(.line) }

  /// Kubernetes puts variables in the place of `$(NAME)`, and takes `$$` for `$`.
  private static func argument(_ text: String) -> String { self.text(text.replacing("$", with: "$$")) }

  private static func comment(_ text: String) -> String { text.replacing("\n", with: " ") }
}
