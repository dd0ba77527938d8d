using System.Globalization;

namespace GripProxy.Proxy.Commands.Publish;

/// <summary>
/// <c>gripproxy publish</c>, and <c>pushpin-publish</c> where the program is called so: publishes an item, or many (CLI-20). Lives for one run.
/// </summary>
internal sealed class PublishCommand(ProcessContext context, PublishArguments arguments)
{
    private long _count;

    /// <summary>Publishes.</summary>
    /// <returns>0 if everything was accepted, else 1.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var progress = new PublishProgress(context);
        var error = await PublishAsync(progress, cancellationToken);
        await progress.EndAsync();
        if (error is not null)
        {
            await context.Error.WriteLineAsync(_count == 0 ? $"Error: {error}" : string.Create(CultureInfo.InvariantCulture, $"Error: {error} (after {_count} items)"));
            return ExitCode.Failure;
        }

        if (arguments.Receipt)
            return ExitCode.Success;
        var isMany = arguments.Lines || arguments.Items is not null;
        await context.Output.WriteLineAsync(isMany ? string.Create(CultureInfo.InvariantCulture, $"Published {_count} items") : "Published");
        return ExitCode.Success;
    }

    private async Task<string?> PublishAsync(PublishProgress progress, CancellationToken cancellationToken)
    {
        if (PublishArgumentsCheck.Run(arguments) is { } conflict)
            return conflict;
        if (ItemTemplate.Read(arguments, out var error) is not { } template)
            return error;
        if (PublishTargetReader.Read(arguments, context, out error) is not { } target)
            return error;
        await using (target)
        {
            var source = new ItemSource(arguments, template, context.OpenInput);
            try
            {
                return await SendAsync(source, target, progress, cancellationToken);
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                return $"can't read file {source.FileName}: {problem.Message}";
            }
        }
    }

    private async Task<string?> SendAsync(ItemSource source, IPublishTarget target, PublishProgress progress, CancellationToken cancellationToken)
    {
        await foreach (var batch in source.ReadAsync(cancellationToken))
        {
            if (batch.Error is { } error)
                return error;
            if (batch.Items.Count == 0)
                continue;
            if (await target.SendAsync(batch.Items, cancellationToken) is { } refused)
                return arguments.Items is null ? refused : $"{ItemNumbers.Of(batch.Items, _count + 1)}: {refused}";
            _count += batch.Items.Count;
            await progress.ReportAsync(_count);
        }

        return null;
    }
}
