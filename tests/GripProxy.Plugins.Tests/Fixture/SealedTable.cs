using Microsoft.Data.Sqlite;

namespace GripProxy.Plugins.Tests.Fixture;

/// <summary>A store that refuses a change, as if its disk were broken, until this is disposed. Owned by one test.</summary>
internal sealed class SealedTable : IDisposable
{
    private readonly SqliteConnection _connection;

    /// <param name="path">The file.</param>
    /// <param name="change">What is refused, such as <c>DELETE ON events</c>.</param>
    public SealedTable(string path, string change)
    {
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        _connection.Open();
        Run($"CREATE TRIGGER sealed BEFORE {change} BEGIN SELECT RAISE(ABORT, 'sealed'); END");
    }

    public void Dispose()
    {
        Run("DROP TRIGGER sealed");
        _connection.Dispose();
    }

    private void Run(string text)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = text;
        command.ExecuteNonQuery();
    }
}
