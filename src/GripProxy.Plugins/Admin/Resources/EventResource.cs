using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GripProxy.Plugins.Admin.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;

namespace GripProxy.Plugins.Admin.Resources;

/// <summary>The events of a tenant as game days need them (plugins-gameday.md §1, §3): how many came in the busiest minutes, what comes now, and what a test tenant is to know of its users.</summary>
internal sealed class EventResource(AdminParts parts, AdminScope scope, AdminChanges changes)
{
    private const int LongestRecording = 86_400;
    private const int MostProfiles = 10_000;

    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(15);

    /// <summary>The endpoints.</summary>
    public IEnumerable<AdminEndpoint> Endpoints =>
    [
        new("GET", "tenants/{t}/events/peaks", Peaks),
        new("GET", "tenants/{t}/events/record", RecordAsync) { ForOperators = true },
        new("POST", "tenants/{t}/profiles", LearnAsync) { ForOperators = true },
    ];

    private AdminAnswer Peaks(AdminRequest request)
    {
        var tenant = scope.Tenant(request);
        return AdminAnswer.List(
            (parts.UseOf(tenant.Number)?.Metrics.Peaks() ?? []).Select(static day => (JsonNode)new JsonObject
            {
                ["day"] = day.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                ["events_in_a_minute"] = day.Value,
            }),
            next: null);
    }

    private async Task<AdminAnswer> RecordAsync(AdminRequest request)
    {
        var tenant = scope.Tenant(request);
        var seconds = request.Number("for") ?? 60;
        if (seconds is < 1 or > LongestRecording)
            throw new AdminRefusalException(AdminProblem.Invalid($"for is {seconds}, expected 1 to {LongestRecording} seconds"));
        var share = 1.0;
        if (request.Query("sample") is { } text && (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out share) || share is not (> 0 and <= 1)))
            throw new AdminRefusalException(AdminProblem.Invalid($"sample is '{text}', expected a share as 0.1"));
        await changes.NoteAsync(request, "events.record", tenant.Name, new JsonObject { ["seconds"] = seconds, ["sample"] = share });
        return new AdminAnswer
        {
            Status = StatusCodes.Status200OK,
            ContentType = "application/x-ndjson",
            Stream = context => WriteAsync(context, tenant.Number, share, TimeSpan.FromSeconds(seconds)),
        };
    }

    private async Task WriteAsync(HttpContext context, int tenant, double share, TimeSpan length)
    {
        using var tap = parts.Accepted.Follow(tenant, share);
        var body = context.Response.Body;
        var begin = parts.Time.GetTimestamp();
        long count = 0;
        // An empty line at once, so that who reads knows that it is listened, and now and then, so that both sides notice a broken connection.
        await body.WriteAsync("\n"u8.ToArray(), context.RequestAborted);
        await body.FlushAsync(context.RequestAborted);
        var comes = tap.Events.WaitToReadAsync(context.RequestAborted).AsTask();
        while (parts.Time.GetElapsedTime(begin) < length)
        {
            var rest = length - parts.Time.GetElapsedTime(begin);
            var isQuiet = rest >= LineInterval;
            // Upwards: a wait that is cut to whole milliseconds would be over before its time, again and again.
            var pause = Task.Delay(isQuiet ? LineInterval : TimeSpan.FromMilliseconds(Math.Max(0, Math.Ceiling(rest.TotalMilliseconds))), parts.Time, context.RequestAborted);
            if (await Task.WhenAny(comes, pause) != comes)
            {
                if (isQuiet)
                    await body.WriteAsync("\n"u8.ToArray(), context.RequestAborted);
            }
            else
            {
                _ = await comes;
                for (; tap.Events.TryRead(out var one); count++)
                {
                    tap.Done(one);
                    await body.WriteAsync(one, context.RequestAborted);
                    await body.WriteAsync("\n"u8.ToArray(), context.RequestAborted);
                }

                comes = tap.Events.WaitToReadAsync(context.RequestAborted).AsTask();
            }

            await body.FlushAsync(context.RequestAborted);
        }

        // Who reads it knows by this that it is whole.
        var end = new JsonObject { ["$recorded"] = count, ["$left_out"] = tap.LeftOut };
        await body.WriteAsync(Encoding.UTF8.GetBytes(end.ToJsonString() + "\n"), context.RequestAborted);
    }

    // Only what cannot be anybody's: a test tenant.
    private async Task<AdminAnswer> LearnAsync(AdminRequest request)
    {
        var tenant = scope.Tenant(request);
        if (tenant.Settings["test"]?.GetValueKind() != JsonValueKind.True)
            throw new AdminRefusalException(AdminProblem.InUse($"{tenant.Name} is not marked as a test (\"test\": true)"));
        var profiles = parts.ProfilesOf(tenant.Number);
        if (!profiles.AreKept)
            throw new AdminRefusalException(AdminProblem.InUse("no profiles are kept: [plugins] profiles_enabled"));
        var lines = Encoding.UTF8.GetString(await request.ReadBytesAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (lines.Length > MostProfiles)
            throw new AdminRefusalException(AdminProblem.Invalid($"there are {lines.Length} lines, expected at most {MostProfiles}"));
        var learned = 0;
        try
        {
            foreach (var line in lines)
            {
                using var one = JsonDocument.Parse(line);
                if (profiles.Learn(one.RootElement))
                    learned++;
            }
        }
        catch (JsonException e)
        {
            throw new AdminRefusalException(AdminProblem.Answer(400, "invalid_json", "Invalid JSON", $"a line is no JSON: {e.Message}"));
        }
        catch (SqliteException e)
        {
            throw new AdminRefusalException(AdminProblem.Unavailable($"the profiles cannot be kept: {e.Message}"));
        }

        await changes.NoteAsync(request, "profiles.learn", tenant.Name, new JsonObject { ["profiles"] = learned });
        return AdminAnswer.Json(new JsonObject { ["learned"] = learned });
    }
}
