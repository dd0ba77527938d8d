using System.CommandLine;
using System.CommandLine.Invocation;

namespace GripProxy.Proxy.Commands;

/// <summary>Prints <c>gripproxy &lt;version&gt;</c> (own-config.md, The process). Stateless.</summary>
internal sealed class VersionAction(ProcessContext context) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool Terminating => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        var version = typeof(VersionAction).Assembly.GetName().Version ?? new Version();
        context.Output.WriteLine($"gripproxy {version.ToString(3)}");
        return ExitCode.Success;
    }
}
