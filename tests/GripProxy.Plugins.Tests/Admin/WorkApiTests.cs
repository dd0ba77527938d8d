using GripProxy.Plugins.Egress;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Post;
using GripProxy.Plugins.Post.Schedules;
using GripProxy.Plugins.Post.Webhooks;
using GripProxy.Plugins.Tenants;
using GripProxy.Plugins.Tests.Post;
using Microsoft.Extensions.Logging.Abstractions;

namespace GripProxy.Plugins.Tests.Admin;

/// <summary>Tasks and jobs over the admin API (plugins-http.md §4.6).</summary>
public sealed class WorkApiTests
{
    private const string Base = "/v1/tenants/acme";

    [Fact]
    public async Task Plg06_Task_IsRunOnDemand()
    {
        await using var admin = await TestAdmin.StartAsync();
        var calls = new FakeCalls().With(1, ["runEveryDay", "runEveryHour"]);
        calls.Answer = static (_, method, _) => Task.FromResult<CallResult?>(method == "runEveryDay" ? new CallResult("7"u8.ToArray(), null) : FakeCalls.Threw("Error", "no"));
        await using var work = await Work.StartAsync(admin, calls);

        Assert.Equal(7, (int)(await admin.OkAsync("POST", $"{Base}/plugins/p/tasks/runEveryDay", token: TestAdmin.Acme))["result"]!);
        Assert.Equal("plugin_error", await admin.RefusedAsync(422, "POST", $"{Base}/plugins/1/tasks/runEveryHour"));
        Assert.Equal("not_found", await admin.RefusedAsync(404, "POST", $"{Base}/plugins/1/tasks/runEveryMinute"));
    }

    [Fact]
    public async Task Plg12_Jobs_AreStartedListedAndForgotten()
    {
        await using var admin = await TestAdmin.StartAsync();
        await using var work = await Work.StartAsync(admin, new FakeCalls().With(1, [], jobs: ["clean", "open"], manifest: """{"publicJobs":{"open":{}}}"""));

        var id = (string)(await admin.OkAsync("POST", $"{Base}/plugins/p/jobs/clean", """{"payload":{"n":1},"in":3600}"""))["id"]!;
        Assert.Equal("not_covered", await admin.RefusedAsync(403, "POST", $"{Base}/plugins/p/jobs/clean", "{}", TestAdmin.Acme));
        await admin.OkAsync("POST", $"{Base}/plugins/p/jobs/open", """{"at":"2999-01-01T00:00:00Z"}""", TestAdmin.Acme);
        Assert.Equal("not_found", await admin.RefusedAsync(404, "POST", $"{Base}/plugins/p/jobs/other", "{}"));
        Assert.Equal("invalid_parameter", await admin.RefusedAsync(400, "POST", $"{Base}/plugins/p/jobs/clean", """{"in":-1}"""));

        var page = await admin.OkAsync("GET", $"{Base}/jobs?limit=1");
        Assert.Equal(("clean", """{"n":1}"""), ((string?)page["items"]![0]!["name"], page["items"]![0]!["payload"]!.ToJsonString()));
        var next = await admin.OkAsync("GET", $"{Base}/jobs?after={page["next"]}");
        Assert.Equal("2999-01-01T00:00:00.000Z", (string?)next["items"]![0]!["due"]);
        await admin.OkAsync("DELETE", $"{Base}/jobs/{id}");
        Assert.Equal("not_found", await admin.RefusedAsync(404, "DELETE", $"{Base}/jobs/{id}"));
        Assert.Single((await admin.OkAsync("GET", $"{Base}/jobs?install=p"))["items"]!.AsArray());
    }

    [Fact]
    public async Task Plg12_Jobs_OfATenantThatDoesNotRunHere_AreNotAvailable()
    {
        await using var admin = await TestAdmin.StartAsync();

        Assert.Equal("unavailable", await admin.RefusedAsync(503, "GET", $"{Base}/jobs"));
    }

    // Tenant 2 with one install; the plugin answers as the test says.
    private sealed class Work : IAsyncDisposable
    {
        private readonly EgressClient _egress = new(new EgressOptions(), static () => [], TimeProvider.System);
        private readonly Scheduler _scheduler;

        private Work(TestAdmin admin, FakeCalls calls)
        {
            var parts = new PostParts
            {
                Tenant = new Tenant { Name = "acme", Number = 2, ChannelPrefix = "" },
                Queue = admin.Queue.Post,
                Calls = calls,
                Webhooks = new WebhookSender(_egress, TimeProvider.System),
                Time = TimeProvider.System,
                Random = new Random(1),
            };
            _scheduler = new Scheduler(parts, admin.Queue.Schedules, spread: false, NullLogger<Scheduler>.Instance);
            _scheduler.Start();
            admin.Work = new TenantWork(calls, new JobIntake(2, admin.Queue.Post, TimeProvider.System), _scheduler);
        }

        public static async Task<Work> StartAsync(TestAdmin admin, FakeCalls calls)
        {
            var hash = await admin.UploadAsync("exports.processEvent = (event) => event", tenant: "acme");
            await admin.OkAsync("POST", $"{Base}/plugins", $$"""{"package":"{{hash}}","name":"p"}""");
            return new Work(admin, calls);
        }

        public async ValueTask DisposeAsync()
        {
            await _scheduler.DisposeAsync();
            _egress.Dispose();
        }
    }
}
