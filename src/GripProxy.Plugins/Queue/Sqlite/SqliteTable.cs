using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace GripProxy.Plugins.Queue.Sqlite;

/// <summary>A table and its prepared statements. One thread at a time.</summary>
internal abstract class SqliteTable(SqliteConnection connection) : IDisposable
{
    private readonly List<SqliteCommand> _prepared = [];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var command in _prepared)
            command.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Runs a statement that has no parameters.</summary>
    public static void Run(SqliteConnection connection, string text)
    {
        using var command = connection.CreateCommand();
        command.CommandText = text;
        command.ExecuteNonQuery();
    }

    /// <summary>A column that tables of earlier versions lack.</summary>
    public static void AddColumn(SqliteConnection connection, string table, string column, string type)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM pragma_table_info($table) WHERE name = $column";
        command.Parameters.AddWithValue("$table", table);
        command.Parameters.AddWithValue("$column", column);
        if ((long)command.ExecuteScalar()! == 0) // A count is a number.
            Run(connection, $"ALTER TABLE {table} ADD COLUMN {column} {type}");
    }

    /// <summary>A statement whose parameters <c>$0</c>, <c>$1</c> … are given with each run. The texts are those of the tables; values go in as parameters.</summary>
    protected SqliteCommand Prepare(string text)
    {
        var command = connection.CreateCommand();
        command.CommandText = text;
        for (var i = 0; text.Contains($"${i}", StringComparison.Ordinal); i++)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = $"${i}";
            command.Parameters.Add(parameter);
        }

        _prepared.Add(command);
        return command;
    }

    /// <summary>Runs a statement.</summary>
    /// <returns>Rows that it changed.</returns>
    protected static int Execute(SqliteCommand command, params ReadOnlySpan<object?> values)
    {
        Set(command, values);
        return command.ExecuteNonQuery();
    }

    /// <summary>The one value of a statement, or null.</summary>
    protected static object? Scalar(SqliteCommand command, params ReadOnlySpan<object?> values)
    {
        Set(command, values);
        return command.ExecuteScalar() is { } value and not DBNull ? value : null;
    }

    /// <summary>The rows of a statement.</summary>
    protected static List<T> Query<T>(SqliteCommand command, Func<SqliteDataReader, T> read, params ReadOnlySpan<object?> values)
    {
        List<T> found = [];
        using var rows = Open(command, values);
        while (rows.Read())
            found.Add(read(rows));
        return found;
    }

    /// <summary>The rows of a statement, of which not all may be wanted.</summary>
    protected static SqliteDataReader Open(SqliteCommand command, params ReadOnlySpan<object?> values)
    {
        Set(command, values);
        return command.ExecuteReader();
    }

    /// <summary>Milliseconds, as times are stored.</summary>
    protected static object? Time(DateTimeOffset? time) => time?.ToUnixTimeMilliseconds();

    /// <summary>A stored time.</summary>
    protected static DateTimeOffset Time(SqliteDataReader rows, int column) => DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(column));

    /// <summary>Bytes as they are stored.</summary>
    protected static byte[] Bytes(ReadOnlyMemory<byte> body) =>
        MemoryMarshal.TryGetArray(body, out var segment) && segment.Offset == 0 && segment.Count == segment.Array!.Length ? segment.Array : body.ToArray(); // Got.

    private static void Set(SqliteCommand command, ReadOnlySpan<object?> values)
    {
        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
    }
}
