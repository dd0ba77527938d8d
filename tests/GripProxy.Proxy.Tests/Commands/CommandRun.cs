using GripProxy.Proxy.Commands;

namespace GripProxy.Proxy.Tests.Commands;

/// <summary>What one command line did. Immutable.</summary>
internal sealed record CommandRun(int ExitCode, string Output, string Error)
{
    public static async Task<CommandRun> OfAsync(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var context = new ProcessContext
        {
            Output = output,
            Error = error,
            Environment = new Dictionary<string, string>(StringComparer.Ordinal),
            FileExists = _ => false,
        };
        var code = await new CommandLine(context).RunAsync(arguments);
        return new CommandRun(code, output.ToString(), error.ToString());
    }
}
