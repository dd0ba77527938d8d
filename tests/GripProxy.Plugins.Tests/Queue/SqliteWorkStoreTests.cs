using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Queue.Sqlite;
using GripProxy.Plugins.Tests.Fixture;
using GripProxy.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace GripProxy.Plugins.Tests.Queue;

public sealed class SqliteWorkStoreTests : WorkStoreContract, IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private protected override Task<IWorkStore> OpenAsync(QueueLimits? limits = null) => Task.FromResult<IWorkStore>(
        new SqliteEventQueue(_folder.File("events.db"), fullSync: false, limits ?? new QueueLimits(), Time, NullLogger<SqliteEventQueue>.Instance));
}
