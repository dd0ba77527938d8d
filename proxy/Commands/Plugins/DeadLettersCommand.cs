using System.CommandLine;
using System.Text.Json.Nodes;
using GripProxy.Proxy.Commands.Admin;

namespace GripProxy.Proxy.Commands.Plugins;

/// <summary><c>gripproxy plugin dlq</c>: what is not tried any more (plugins-http.md §4.8, PLG-11). Stateless.</summary>
internal static class DeadLettersCommand
{
    private static readonly AdminTable Table = new(
        ("ID", static one => AdminTable.Text(one, "id")),
        ("TIME", static one => AdminTable.Text(one, "time")),
        ("STAGE", static one => AdminTable.Text(one, "stage")),
        ("PLUGIN", static one => AdminTable.Text(one, "name")),
        ("EVENT", static one => AdminTable.Text(one, "event")),
        ("TRIES", static one => AdminTable.Text(one, "attempts")),
        ("ERROR", static one => AdminTable.Text(one, "error")));

    /// <summary>The command with all below it.</summary>
    public static Command Create(ProcessContext context) => new("dlq", "Dead letters: events and work that are not tried any more.")
    {
        List(context),
        Show(context),
        Replay(context),
        Purge(context),
    };

    private static Command List(ProcessContext context)
    {
        var tenant = new TenantOption();
        var filter = new DeadLetterChoice();
        return AdminOptions.Add(context, tenant.AddTo(filter.AddTo(new Command("list", "Show dead letters."))), (result, session, cancellationToken) =>
            session.ListAsync(tenant.Path(result, "dlq"), filter.Query(result), Table, cancellationToken));
    }

    private static Command Show(ProcessContext context)
    {
        var tenant = new TenantOption();
        var id = new Argument<string>("id") { Description = "Its id." };
        return AdminOptions.Add(context, tenant.AddTo(new Command("show", "Show one dead letter with its error and content.") { id }), (result, session, cancellationToken) => session.ShowAsync(
            tenant.Path(result, "dlq", result.GetRequiredValue(id)),
            static letter => letter.AsObject().Where(static member => member.Value is not null).SelectMany(static member => $"{member.Key}: {Text(member.Value)}".Split('\n')),
            cancellationToken));
    }

    private static Command Replay(ProcessContext context)
    {
        var tenant = new TenantOption();
        var filter = new DeadLetterChoice();
        var id = new Argument<string?>("id") { Description = "Its id. Without it, the options say which; without them, all.", Arity = ArgumentArity.ZeroOrOne };
        var start = new Option<bool>("--from-start") { Description = "Through the whole chain again, not only what failed." };
        var rate = new Option<double?>("--rate") { Description = "At most so many a second.", HelpName = "n" };
        var command = tenant.AddTo(filter.AddTo(new Command("replay", "Try dead letters again: one, or all that fit.") { id, start, rate }));
        return AdminOptions.Add(context, command, (result, session, cancellationToken) =>
        {
            var body = new JsonObject { ["from"] = result.GetValue(start) ? "start" : "stage" };
            if (result.GetValue(id) is { } one)
                return session.DoAsync(tenant.Path(result, "dlq", one, "replay"), body, Replayed, cancellationToken);
            if (result.GetValue(rate) is { } perSecond)
                body["rate"] = perSecond;
            body["filter"] = filter.Json(result);
            return session.DoAsync(tenant.Path(result, "dlq", "replay"), body, Replayed, cancellationToken);
        });
    }

    private static Command Purge(ProcessContext context)
    {
        var tenant = new TenantOption();
        var filter = new DeadLetterChoice();
        var all = new Option<bool>("--all") { Description = "All of the tenant." };
        var command = tenant.AddTo(filter.AddTo(new Command("purge", "Throw dead letters away: those that fit, or all.") { all }));
        // What is thrown away is gone, so nothing is meant by leaving everything out.
        command.Validators.Add(result =>
        {
            if (!result.GetValue(all) && !filter.IsGiven(result))
                result.AddError("expected options that say which dead letters, or --all");
        });
        return AdminOptions.Add(context, command, (result, session, cancellationToken) => session.DoAsync(
            tenant.Path(result, "dlq", "purge"), new JsonObject { ["filter"] = filter.Json(result) }, static answer => [$"deleted {answer["deleted"]}"], cancellationToken));
    }

    private static IEnumerable<string> Replayed(JsonNode answer) => [$"replayed {answer["matched"]}"];

    private static string Text(JsonNode? value) => value is JsonObject or JsonArray ? value.ToJsonString(WorkbenchOutput.Readable) : $"{value}";
}
