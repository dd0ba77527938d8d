using System.CommandLine;
using System.Globalization;
using GripProxy.GameDay;

namespace GripProxy.Proxy.Commands.GameDay;

/// <summary><c>gripproxy gameday record</c> and <c>seed</c>: events out of a tenant, made nobody's, and into what a test tenant knows (plugins-gameday.md §3). Stateless.</summary>
internal static class RecordingCommands
{
    /// <summary>Records what a tenant gets.</summary>
    public static Command Record(ProcessContext context, GameDayTool tool)
    {
        var access = new Access(context);
        var length = new Option<string>("--for") { Description = "How long, as 90s, 10m or 2h.", HelpName = "time", DefaultValueFactory = static _ => "1m" };
        var to = new Option<string>("--out") { Description = "The file; with gzip if it ends with .gz.", HelpName = "file", Required = true };
        var sample = new Option<double>("--sample") { Description = "Only the events of this share of the users, from 0 to 1.", HelpName = "share", DefaultValueFactory = static _ => 1 };
        var rules = new Option<string?>("--rules") { Description = "File of rules (JSON) by which events are made nobody's before they are written.", HelpName = "file" };
        length.Validators.Add(result =>
        {
            if (Seconds(result.GetValueOrDefault<string>()) is null)
                result.AddError("--for: expected a time as 90s, 10m or 2h, of a day at most");
        });
        sample.Validators.Add(static result =>
        {
            if (result.GetValueOrDefault<double>() is not (> 0 and <= 1))
                result.AddError("--sample: expected a share as 0.1");
        });
        var command = access.AddTo(new Command("record", "Record the events that a tenant gets now, made nobody's before they are written. Needs an operator's token.") { length, to, sample, rules });
        command.SetAction(async (result, _) =>
        {
            using var signals = new Signals(static () => { });
            using var stop = new CancellationTokenSource();
            var options = new RecordOptions
            {
                Out = result.GetRequiredValue(to),
                Length = TimeSpan.FromSeconds(Seconds(result.GetValue(length)) ?? 60), // It was looked at.
                Sample = result.GetValue(sample),
                Rules = result.GetValue(rules),
            };
            var recording = tool.RecordAsync(access.Read(result), options, stop.Token);
            if (await Task.WhenAny(recording, signals.StopRequested) != recording)
                await stop.CancelAsync();
            return await recording;
        });
        return command;
    }

    /// <summary>Stores what events say of users.</summary>
    public static Command Seed(ProcessContext context, GameDayTool tool)
    {
        var access = new Access(context);
        var from = new Argument<string>("in") { Description = "Events: an object on each line, a list, or CSV; also with gzip." };
        var rules = new Option<string?>("--rules") { Description = "File of rules (JSON) by which events are made nobody's before they are sent.", HelpName = "file" };
        var plugin = new Option<string?>("--plugin") { Description = "A plugin whose storage gets the last hundred events of each user, as history/USER.", HelpName = "name" };
        var command = access.AddTo(new Command("seed", "Store what recorded events say of users, in a tenant that is marked as a test. Needs an operator's token.") { from, rules, plugin });
        command.SetAction((result, cancellationToken) => tool.SeedAsync(access.Read(result), result.GetRequiredValue(from), result.GetValue(rules), result.GetValue(plugin), cancellationToken));
        return command;
    }

    private static double? Seconds(string? text)
    {
        var unit = text is { Length: > 1 } ? text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, _ => 0 } : 0;
        return unit > 0 && double.TryParse(text.AsSpan(0, text!.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) // It has characters.
            && number * unit is >= 1 and <= 86_400 and var seconds ? seconds : null;
    }

    // Where the tenant is, as the other commands that ask the control port find it.
    private sealed class Access(ProcessContext context)
    {
        private readonly Option<Uri?> _admin = new("--admin")
        {
            Description = "Address of the control port (default: environment GRIPPROXY_ADMIN, else http://127.0.0.1:5561).",
            HelpName = "URL",
            CustomParser = static argument =>
            {
                if (Uri.TryCreate(argument.Tokens[0].Value, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
                    return address;
                argument.AddError("--admin: expected an address as http://127.0.0.1:5561");
                return null;
            },
        };

        private readonly Option<string?> _token = new("--token") { Description = "An operator's token (default: environment GRIPPROXY_TOKEN).", HelpName = "token" };
        private readonly Option<string> _tenant = new("--tenant") { Description = "The tenant.", HelpName = "name", DefaultValueFactory = static _ => "default" };

        public Command AddTo(Command command)
        {
            command.Add(_admin);
            command.Add(_token);
            command.Add(_tenant);
            return command;
        }

        public TenantAccess Read(ParseResult result) => new(
            result.GetValue(_admin) ?? (Uri.TryCreate(Variable("GRIPPROXY_ADMIN"), UriKind.Absolute, out var address) ? address : new Uri("http://127.0.0.1:5561")),
            result.GetValue(_token) ?? Variable("GRIPPROXY_TOKEN"),
            result.GetRequiredValue(_tenant));

        private string Variable(string name) => context.Environment.TryGetValue(name, out var value) ? value ?? "" : "";
    }
}
