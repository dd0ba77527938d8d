using GripProxy.Proxy.Commands;

namespace GripProxy.Proxy.Tests.Commands;

/// <summary>What one command line did. Immutable.</summary>
internal sealed record CommandRun(int ExitCode, string Output, string Error)
{
    public static Task<CommandRun> OfAsync(params string[] arguments) => OfAsync(context => context, arguments);

    /// <summary>Runs in a process that is <paramref name="change"/>d from one without anything.</summary>
    public static async Task<CommandRun> OfAsync(Func<ProcessContext, ProcessContext> change, params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var context = new ProcessContext
        {
            Output = output,
            Error = error,
            Environment = new Dictionary<string, string>(StringComparer.Ordinal),
            FileExists = _ => false,
            OpenInput = () => Stream.Null,
        };
        var code = await new CommandLine(change(context)).RunAsync(arguments);
        return new CommandRun(code, output.ToString(), error.ToString());
    }
}
