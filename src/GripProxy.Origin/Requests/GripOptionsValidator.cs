using GripProxy.Security;
using Microsoft.Extensions.Options;

namespace GripProxy.Origin.Requests;

/// <summary>Finds every mistake in the options at the start of the application. Immutable.</summary>
internal sealed class GripOptionsValidator : IValidateOptions<GripOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, GripOptions options)
    {
        var errors = new List<string>();
        for (var i = 0; i < options.Urls.Count; i++)
        {
            if (!GripEndpoint.TryParse(options.Urls[i], out _, out var urlError))
                errors.Add($"Grip: {(options.UrlsAreFromVariable ? GripUrlVariable.Name : $"Urls[{i}]")}: {urlError}");
        }

        if (options.SigKey is { } key && !GripKey.TryRead(key, Environment.CurrentDirectory, out _, out var keyError))
            errors.Add($"Grip: SigKey: {keyError}");
        if (options.PublishTimeout <= TimeSpan.Zero)
            errors.Add("Grip: PublishTimeout must be longer than zero, for example 00:00:10.");
        if (options.PublishAttempts < 1)
            errors.Add("Grip: PublishAttempts must be at least 1, for example 3.");
        if (options.RetryDelay < TimeSpan.Zero || options.RetryDelay > TimeSpan.FromMinutes(1))
            errors.Add("Grip: RetryDelay must be between zero and a minute, for example 00:00:00.200.");
        if (options.WebSocketRequestLimit <= 0)
            errors.Add("Grip: WebSocketRequestLimit must be a number of bytes above zero, for example 1000000.");
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
