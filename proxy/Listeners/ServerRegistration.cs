using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace GripProxy.Proxy.Listeners;

/// <summary>
/// The framework registers the parts of its server through the builder of a web host only. This one takes them down and builds nothing. Used once,
/// while a server is built.
/// </summary>
internal sealed class ServerRegistration(IServiceCollection services) : IWebHostBuilder
{
    /// <inheritdoc/>
    public IWebHostBuilder ConfigureServices(Action<IServiceCollection> configureServices)
    {
        configureServices(services);
        return this;
    }

    /// <inheritdoc/>
    public IWebHostBuilder ConfigureServices(Action<WebHostBuilderContext, IServiceCollection> configureServices)
    {
        configureServices(new WebHostBuilderContext(), services);
        return this;
    }

    /// <inheritdoc/>
    public IWebHostBuilder ConfigureAppConfiguration(Action<WebHostBuilderContext, IConfigurationBuilder> configureDelegate) => this;

    /// <inheritdoc/>
    public string? GetSetting(string key) => null;

    /// <inheritdoc/>
    public IWebHostBuilder UseSetting(string key, string? value) => this;

    /// <inheritdoc/>
#pragma warning disable ASPDEPR008 // A part of the interface until the framework takes it away.
    public IWebHost Build() => throw new NotSupportedException();
#pragma warning restore ASPDEPR008
}
