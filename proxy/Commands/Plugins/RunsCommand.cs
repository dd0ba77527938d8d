using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using GripProxy.Proxy.Commands.Admin;

namespace GripProxy.Proxy.Commands.Plugins;

/// <summary><c>gripproxy plugin runs</c>: the long runs of a tenant, one of them, or its end (PLG-42). Stateless.</summary>
internal static class RunsCommand
{
    private static readonly AdminTable Table = new(
        ("ID", static one => AdminTable.Text(one, "id")),
        ("PLUGIN", static one => AdminTable.Text(one, one["plugin"] is null ? "install" : "plugin")),
        ("NAME", static one => AdminTable.Text(one, "name")),
        ("STATE", static one => AdminTable.Text(one, "state")),
        ("DONE", static one => Percent(one)),
        ("TEXT", static one => AdminTable.Text(one, "text")),
        ("CREATED", static one => AdminTable.Text(one, "created")));

    /// <summary>The command.</summary>
    public static Command Create(ProcessContext context)
    {
        var tenant = new TenantOption();
        var id = new Argument<string?>("id") { Description = "Number of a run; without it all are listed, the newest first.", Arity = ArgumentArity.ZeroOrOne };
        var cancel = new Option<bool>("--cancel") { Description = "Tell the run to end." };
        var command = tenant.AddTo(new Command("runs", "Show long runs of plugins, or end one.") { id, cancel });
        command.Validators.Add(given =>
        {
            if (given.GetValue(cancel) && given.GetValue(id) is null)
                given.AddError("--cancel needs the number of a run");
        });
        return AdminOptions.Add(context, command, (result, session, cancellationToken) => result.GetValue(id) is not { } run
            ? session.ListAsync(tenant.Path(result, "runs"), AdminQuery.Empty, Table, cancellationToken)
            : result.GetValue(cancel)
                ? session.DoAsync(tenant.Path(result, "runs", run, "cancel"), [], Describe, cancellationToken)
                : session.ShowAsync(tenant.Path(result, "runs", run), Describe, cancellationToken));
    }

    private static IEnumerable<string> Describe(JsonNode run)
    {
        yield return $"run {run["id"]} of {run["name"]} is {run["state"]}, {Percent(run)} {run["text"]}".TrimEnd();
        if (run["error"] is { } error)
            yield return $"error: {error["message"]}";
        if (run["result"] is { } result)
            yield return $"result: {result.ToJsonString()}";
        foreach (var line in run["log"] as JsonArray ?? [])
            yield return $"log: {line}";
    }

    private static string Percent(JsonNode run) => ((double?)run["progress"] ?? 0).ToString("P0", CultureInfo.InvariantCulture);
}
