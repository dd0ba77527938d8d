using System.Security.Cryptography;
using System.Text;
using GripProxy.Plugins.Engine.Frames;
using GripProxy.Plugins.Packages;

namespace GripProxy.Plugins.Engine;

/// <summary>Compiles packages, each in a process of its own without any permission (plugins-api.md §1.4). Immutable.</summary>
/// <param name="launch">How processes are started.</param>
/// <param name="time">The clock.</param>
/// <param name="provided">Modules that the operator provides to all packages, or null: none (plugins-api.md §4.1).</param>
internal sealed class PluginCompiler(WorkerLaunch launch, TimeProvider time, PackageFiles? provided = null)
{
    // As the compiler calls their folder. No package has a file of such a name.
    private const string Provided = "provided:/";

    private const int HeapMegabytes = 512;

    // Compiled text is a little longer than its source; a package has at most 50 MiB.
    private const int FrameBytes = 128 * 1024 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Lazy<string> _version = new(() => ComputeVersion(launch, provided));

    /// <summary>Which compiler this is, and with which modules: what another one made may mean something else to a cell.</summary>
    public string Version => _version.Value;

    /// <summary>Compiles the main file and what it imports.</summary>
    /// <param name="files">Text of the package's source files by path, with forward slashes.</param>
    /// <param name="main">Path of the main file.</param>
    /// <param name="cancellationToken">Ends the process.</param>
    /// <exception cref="WorkerEndedException">The compiler did not start, took too long or too much memory.</exception>
    public async Task<CompileResult> CompileAsync(IReadOnlyDictionary<string, string> files, string main, CancellationToken cancellationToken = default)
    {
        var answer = new TaskCompletionSource<CompileResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var connection = new WorkerConnection(
            await WorkerProcess.StartAsync(launch, "compiler", HeapMegabytes, time), FrameBytes, frame => answer.TrySetResult(Read(frame, main)), time);
        connection.Send(Babel(await File.ReadAllTextAsync(launch.Runtime.Babel, cancellationToken)));
        connection.Send(Sources(provided is null ? files : files.Concat(provided.Sources.Select(static file => KeyValuePair.Create(Provided + file.Key, file.Value))), main));
        using var patience = new CancellationTokenSource(Patience, time);
        using var late = patience.Token.Register(() => connection.End(WorkerEnd.Hung, $"compiling took longer than {Patience.TotalSeconds} s"));
        using var cancelled = cancellationToken.Register(() => connection.End(WorkerEnd.Stopped, "compiling was cancelled"));
        if (await Task.WhenAny(answer.Task, connection.Ended) == answer.Task)
            return await answer.Task;
        throw await connection.Ended;
    }

    private static string ComputeVersion(WorkerLaunch launch, PackageFiles? provided)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var program in Directory.EnumerateFiles(Path.Combine(launch.Programs, "compiler"), "*.js").Order(StringComparer.Ordinal))
            hash.AppendData(File.ReadAllBytes(program));
        hash.AppendData(File.ReadAllBytes(launch.Runtime.Babel));
        if (provided is not null)
            hash.AppendData(Encoding.ASCII.GetBytes(provided.Hash));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static ReadOnlyMemory<byte> Babel(string text)
    {
        using var frame = new FrameWriter("hello");
        frame.Json.WriteString("babel", text);
        return frame.Finish();
    }

    private static ReadOnlyMemory<byte> Sources(IEnumerable<KeyValuePair<string, string>> files, string main)
    {
        using var frame = new FrameWriter("compile");
        frame.Json.WriteString("main", main);
        frame.Json.WriteStartObject("files");
        foreach (var (path, text) in files)
            frame.Json.WriteString(path, text);
        frame.Json.WriteEndObject();
        return frame.Finish();
    }

    private static CompileResult Read(byte[] frame, string main)
    {
        using var document = CellJson.Parse(frame);
        var root = document.RootElement;
        if (CellJson.Text(root, "type") == "compiled")
            return new CompileResult(new PluginCode(CellJson.Bytes(root.GetProperty("code"), frame), CellJson.Texts(root, "imports")), null);
        return new CompileResult(null, new CompileProblem(
            CellJson.Text(root, "code"),
            CellJson.Text(root, "message"),
            CellJson.Find(root, "file")?.GetString() ?? main,
            CellJson.Find(root, "line")?.GetInt32(),
            CellJson.Find(root, "column")?.GetInt32(),
            CellJson.Find(root, "text")?.GetString()));
    }
}
