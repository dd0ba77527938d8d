using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using GripProxy.GameDay.Anonymising;

namespace GripProxy.GameDay.Recordings;

/// <summary>Records the events that a tenant gets now; each is made nobody's before it is written (plugins-gameday.md §3). Stateless.</summary>
internal static class TenantRecorder
{
    /// <summary>Records them.</summary>
    /// <param name="access">The tenant.</param>
    /// <param name="options">What is recorded.</param>
    /// <param name="rules">How they are made nobody's.</param>
    /// <param name="cancellationToken">Ends it; what was written stays.</param>
    /// <returns>What was done, a line for each path.</returns>
    /// <exception cref="TargetException">It was refused, or ended too early.</exception>
    public static async Task<IReadOnlyList<string>> RunAsync(TenantAccess access, RecordOptions options, AnonymiseRules rules, CancellationToken cancellationToken)
    {
        var anonymiser = new Anonymiser(rules);
        using var client = new TenantClient(access);
        using var reader = await client.OpenAsync(
            string.Create(CultureInfo.InvariantCulture, $"/events/record?for={Math.Ceiling(options.Length.TotalSeconds):0}&sample={options.Sample}"), cancellationToken);
        JsonObject? end = null;
        await using (var writer = EventFile.Create(options.Out))
        {
            try
            {
                while (end is null && await reader.ReadLineAsync(cancellationToken) is { } line)
                {
                    if (line.Length == 0 || JsonNode.Parse(line) is not JsonObject one)
                        continue;
                    if (one.ContainsKey("$recorded"))
                        end = one;
                    else
                        await writer.WriteLineAsync(AnonymiseFiles.Write(anonymiser.Apply(one)));
                }
            }
            catch (Exception e) when (e is IOException or HttpRequestException or JsonException || (e is OperationCanceledException && cancellationToken.IsCancellationRequested))
            {
                // What was written is whole events all the same.
            }
        }

        if (end is null)
            throw new TargetException($"the recording ended before its time; {options.Out} has what came until then");
        return
        [
            $"{end["$recorded"]} events -> {options.Out}{(end["$left_out"]?.ToString() is { } left and not "0" ? $"; {left} were left out, because they came faster than they were taken" : "")}",
            .. AnonymiseFiles.Table(anonymiser),
        ];
    }
}
