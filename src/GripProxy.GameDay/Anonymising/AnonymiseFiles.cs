using System.Text.Json;
using System.Text.Json.Nodes;
using GripProxy.GameDay.Plans;
using GripProxy.GameDay.Recordings;

namespace GripProxy.GameDay.Anonymising;

/// <summary>Anonymises a file of events. Stateless.</summary>
internal static class AnonymiseFiles
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Reads one and writes the other; then says what was done, a line for each path.</summary>
    /// <param name="from">The file.</param>
    /// <param name="to">The new file, an event on each line, with gzip if its name ends with .gz.</param>
    /// <param name="rules">The rules.</param>
    /// <param name="isStrict">Something found in a field that a rule keeps is a failure, and no file is left.</param>
    /// <exception cref="PlanException">It is strict and something was found.</exception>
    public static async Task<IReadOnlyList<string>> RunAsync(string from, string to, AnonymiseRules rules, bool isStrict)
    {
        var anonymiser = new Anonymiser(rules);
        var count = 0L;
        var users = new HashSet<string>();
        await using (var writer = EventFile.Create(to))
        {
            foreach (var one in EventFile.Read(from, rules.Csv))
            {
                var made = anonymiser.Apply(one);
                if (made["distinct_id"] is { } user)
                    users.Add(user.ToString());
                await writer.WriteLineAsync(Write(made));
                count++;
            }
        }

        if (isStrict && anonymiser.FoundInKept)
        {
            File.Delete(to);
            throw new PlanException([.. anonymiser.Counts.Where(static one => one.Value is { IsListed: true, Deed: FieldDeed.Keep, Found: > 0 }).Select(static one => $"{one.Key} is kept, and personal data was found in it {one.Value.Found} times")]);
        }

        return [$"{count} events of {users.Count} users -> {to}", .. Table(anonymiser)];
    }

    /// <summary>What was done, a line for each path.</summary>
    public static IReadOnlyList<string> Table(Anonymiser anonymiser)
    {
        var width = anonymiser.Counts.Keys.Select(static path => path.Length).DefaultIfEmpty(4).Max();
        return
        [
            $"{"path".PadRight(width)}  {"values",8}  {"done",-15}  found",
            .. anonymiser.Counts.Select(one => $"{one.Key.PadRight(width)}  {one.Value.Values,8}  {one.Value.Deed,-15}  {one.Value.Found}"),
        ];
    }

    /// <summary>An event as a line.</summary>
    public static string Write(JsonObject one) => one.ToJsonString(Plain);
}
