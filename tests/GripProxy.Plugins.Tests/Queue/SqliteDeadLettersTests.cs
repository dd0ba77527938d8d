using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Queue.Sqlite;
using GripProxy.Plugins.Tests.Fixture;
using GripProxy.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace GripProxy.Plugins.Tests.Queue;

public sealed class SqliteDeadLettersTests : DeadLetterContract
{
    private readonly TempFolder _folder = new();

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    private protected override Task<IWorkStore> OpenAsync(QueueLimits? limits = null, string name = "events") => Task.FromResult<IWorkStore>(
        new SqliteEventQueue(_folder.File($"{name}.db"), fullSync: false, limits ?? new QueueLimits(), Time, NullLogger<SqliteEventQueue>.Instance));
}
