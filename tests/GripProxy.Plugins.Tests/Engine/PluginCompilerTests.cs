using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Packages;
using GripProxy.Plugins.Tests.Fixture;

namespace GripProxy.Plugins.Tests.Engine;

/// <summary>From source to modules (plugins-api.md §1.4, §4).</summary>
public sealed class PluginCompilerTests
{
    [Theory]
    [InlineData("export const functions = { f: () => 1 }")]
    [InlineData("module.exports = { functions: { f: () => 1 } }")]
    [InlineData("exports.functions = { f() { return 1 } }")]
    [InlineData("import crypto from 'crypto'\nmodule.exports = { functions: { f: () => crypto.createHash('md5') && 1 } }")]
    [InlineData("export default { functions: { f: () => 1 } }")]
    [InlineData("import type { A } from 'nowhere'\nimport { B } from 'nowhere-either'\nenum E { X = 1 }\nclass C { constructor(private readonly x: number) {} get(): number { return this.x } }\nexport const functions = { f: (b: B): number => new C(E.X).get() satisfies number }")]
    [InlineData("const one = await Promise.resolve(1)\nexport const functions = { f: () => one }")]
    [InlineData("import { createHash } from 'node:crypto'\nimport * as url from 'url'\nexport const functions = { f: () => typeof createHash === 'function' && typeof url.parse === 'function' ? 1 : 0 }")]
    public async Task PLG02_Compile_EveryStyle_Runs(string source)
    {
        await using var cell = await TestCell.StartAsync();
        var copy = await cell.LoadAsync(source);

        Assert.Equal("1", await cell.ValueAsync(copy, "functions.f"));
    }

    [Fact]
    public async Task PLG02_Compile_FunctionsAtTheTop_CountWhereNothingIsExported()
    {
        await using var cell = await TestCell.StartAsync();

        var loaded = await cell.TryLoadAsync("async function setupPlugin({ config }) {}\nfunction processEvent(event) { return event }");

        Assert.Equal(["setupPlugin", "processEvent"], loaded.Capabilities!.Methods);
    }

    [Fact]
    public async Task PLG47_Compile_ModulesOfThePackage_AreFoundAsInNode()
    {
        var code = await TestCompiler.CompileAsync(
            "src/index.ts",
            ("src/index.ts", "import { twice } from './lib/math.js'\nimport three from 'three'\nimport data from '../data.json'\nimport sub from '@scope/pkg/sub'\nexport const functions = { f: () => [twice(2), three(), data.x, sub, require('./lib')] }"),
            ("src/lib/math.ts", "export const twice = (x: number) => x * 2"),
            ("src/lib/index.js", "const { later } = require('./cycle'); exports.early = 1; exports.all = later()"),
            ("src/lib/cycle.js", "const lib = require('.'); exports.later = () => lib.early ?? 'not yet'"),
            ("data.json", """{"x":5}"""),
            ("node_modules/three/package.json", """{"main":"lib/main"}"""),
            ("node_modules/three/lib/main.js", "module.exports = () => require('deep')"),
            ("node_modules/three/node_modules/deep/index.js", "module.exports = 3"),
            ("node_modules/@scope/pkg/package.json", """{"exports":{".":"./no.js","./sub":{"import":"./sub.mjs","require":"./sub.cjs"}}}"""),
            ("node_modules/@scope/pkg/sub.cjs", "module.exports = 'sub'"));
        await using var cell = await TestCell.StartAsync();
        Assert.Null((await cell.LoadAsync(new PluginCopy { Number = 1, Install = 1, Name = "p", Code = code })).Error);

        Assert.Equal("""[4,3,5,"sub",{"early":1,"all":1}]""", await cell.ValueAsync(1, "functions.f"));
    }

    [Fact]
    public async Task PLG16_Compile_ModulesOfTheOperator_AreThereForEveryPackage()
    {
        using var folder = new TempFolder();
        folder.Write("twice.js", "module.exports = (x) => require('kit').plus(x, x)");
        folder.Write("kit/package.json", """{"main":"lib.ts"}""");
        folder.Write("kit/lib.ts", "export const plus = (a: number, b: number) => a + b");
        folder.Write("own.js", "module.exports = 'of the operator'");
        Assert.True(ProvidedModules.TryRead(folder.Path, out var modules, out _));
        var compiler = new PluginCompiler(TestRuntime.Launch, TimeProvider.System, modules);
        var files = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["index.js"] = "import twice from 'twice'\nimport own from 'own'\nexport const functions = { f: () => [twice(4), own] }",
            ["node_modules/own/index.js"] = "module.exports = 'of the package'",
        };
        var result = await compiler.CompileAsync(files, "index.js");
        Assert.Null(result.Problem);
        await using var cell = await TestCell.StartAsync();
        Assert.Null((await cell.LoadAsync(new PluginCopy { Number = 1, Install = 1, Name = "p", Code = result.Code! })).Error); // There is no problem.

        Assert.Equal("""[8,"of the package"]""", await cell.ValueAsync(1, "functions.f"));
        Assert.Equal(["twice"], result.Code!.Imports);
    }

    [Fact]
    public void PLG16_Compiler_WithOtherModules_IsAnotherOne()
    {
        using var folder = new TempFolder();
        folder.Write("a.js", "module.exports = 1");
        Assert.True(ProvidedModules.TryRead(folder.Path, out var before, out _));
        folder.Write("a.js", "module.exports = 2");
        Assert.True(ProvidedModules.TryRead(folder.Path, out var after, out _));

        string[] versions = [.. new[] { null, before, after }.Select(modules => new PluginCompiler(TestRuntime.Launch, TimeProvider.System, modules).Version)];

        Assert.Equal(3, versions.Distinct().Count());
    }

    [Fact]
    public async Task PLG16_Modules_OfTheApi_AreThere_AlsoWithThePrefixOfNode()
    {
        string[] builtins = ["crypto", "url", "zlib", "buffer", "util", "events", "querystring", "path", "string_decoder", "assert", "punycode", "timers", "stream"];
        var code = await TestCompiler.CompileAsync("index.js", ("index.js", $$"""
            import { createHash } from 'crypto'
            import { URL as Address } from 'url'
            import { gzipSync, gunzipSync } from 'zlib'
            import { Buffer as Bytes } from 'buffer'
            import util from 'util'
            import EventEmitter from 'events'
            import * as querystring from 'querystring'
            import { join } from 'path'
            import { StringDecoder } from 'string_decoder'
            import assert from 'assert'
            import punycode from 'punycode'
            import { setTimeout as later } from 'timers'
            import { PassThrough, Readable, Writable, Transform, pipeline } from 'stream'
            import scaffold, { MetricsOperation, RetryError as Retry } from '@posthog/plugin-scaffold'
            import { createBuffer } from '@posthog/plugin-contrib'
            import fetched, { Headers as Names, FetchError, AbortError } from 'node-fetch'
            const emitted = () => { let n = 0; const source = new EventEmitter(); source.on('x', () => n++); source.emit('x'); return n }
            const asserted = () => { try { assert.equal(1, 2) } catch (error) { return error.name } }
            export const functions = {
              uses: async () => [
                createHash('md5').update('a').digest('hex'), new Address('http://a/b').pathname, gunzipSync(gzipSync('z')).toString(), Bytes.from('a').toString('hex'), util.format('%d', 5),
                emitted(), querystring.stringify({ a: 1 }), join('a', '..', 'b'), new StringDecoder('utf8').write(Bytes.from('é')), asserted(), punycode.toASCII('ñ.test'),
                await new Promise((resolve) => later(resolve, 1, 'later')),
                await new Promise((resolve) => { const through = new PassThrough(); through.on('data', (bytes) => resolve(bytes.toString())); through.end('through') }),
                [Readable, Writable, Transform, pipeline, createBuffer, FetchError, AbortError].every((one) => typeof one === 'function'),
                new Retry('x') instanceof RetryError, require('posthog-plugins').RetryError === Retry, MetricsOperation.Sum, fetched === fetch, new Names({ A: '1' }).get('a'),
              ],
              differ: () => [{{string.Join(", ", builtins.Select(name => $"['{name}', require('{name}'), require('node:{name}')]"))}}]
                .filter(([, plain, prefixed]) => Object.keys(plain).length === 0 || Object.keys(plain).join() !== Object.keys(prefixed).join()).map(([name]) => name),
            }
            """));
        await using var cell = await TestCell.StartAsync();
        Assert.Null((await cell.LoadAsync(new PluginCopy { Number = 1, Install = 1, Name = "p", Code = code })).Error);

        Assert.Equal(
            """["0cc175b9c0f1b6a831c399e269772661","/b","z","61","5",1,"a=1","b","é","AssertionError","xn--ida.test","later","through",true,true,true,"sum",true,"1"]""",
            await cell.ValueAsync(1, "functions.uses"));
        Assert.Equal("[]", await cell.ValueAsync(1, "functions.differ"));
    }

    [Fact]
    public void PLG16_Modules_OfAFolderThatIsNotThere_AreAnError()
    {
        Assert.False(ProvidedModules.TryRead("/not/there", out _, out var error));
        Assert.Equal("[plugins] modules_dir: there is no folder /not/there", error);
    }

    [Fact]
    public async Task PLG02_Compile_SyntaxError_NamesFileLineColumnAndText()
    {
        var problem = await TestCompiler.ProblemAsync("index.js", ("index.js", "import './other'\n"), ("other.ts", "const a = 1\n  const b = = 2\n"));

        Assert.Equal(("compile_error", "other.ts", 2, 13), (problem.Code, problem.File, problem.Line!.Value, problem.Column!.Value));
        Assert.Equal("  const b = = 2", problem.Text);
        Assert.Equal("other.ts:2:13: Unexpected token\n    const b = = 2", problem.ToString());
    }

    [Theory]
    [InlineData("import { Client } from 'pg'\nexport const processEvent = (e) => new Client() && e", "pg")]
    [InlineData("const fs = require('fs')", "fs")]
    [InlineData("const net = require('node:net')", "node:net")]
    [InlineData("exports.f = async () => import('child_process')", "child_process")]
    [InlineData("require('./missing')", "./missing")]
    [InlineData("require('../outside')", "../outside")]
    public async Task PLG16_Compile_ImportThatIsNotOffered_IsRefused(string source, string name)
    {
        var problem = await TestCompiler.ProblemAsync("index.js", ("index.js", source));

        Assert.Equal("import_refused", problem.Code);
        Assert.Equal($"Cannot import '{name}'! This package is not provided to plugins.", problem.Message);
        Assert.Equal(1, problem.Line);
    }

    [Fact]
    public async Task PLG16_Compile_ComputedRequire_FailsWhenItRuns()
    {
        await using var cell = await TestCell.StartAsync();
        var copy = await cell.LoadAsync("const name = 'f' + 's'\nexports.functions = { f: () => require(name) }");

        var result = await cell.CallAsync(copy, "functions.f");

        Assert.Equal("Cannot import 'fs'! This package is not provided to plugins.", result.Error?.Message);
    }

    [Fact]
    public async Task PLG16_Compile_ComputedImport_IsRefused()
    {
        var problem = await TestCompiler.ProblemAsync("index.js", ("index.js", "exports.f = (n) => import(n)"));

        Assert.Equal("import() needs a literal name", problem.Message);
    }

    [Fact]
    public async Task PLG02_Compile_ModuleThatWaits_IsReadyForWhoImportsIt()
    {
        var code = await TestCompiler.CompileAsync(
            "index.ts",
            ("index.ts", "import { value } from './late'\nexport const functions = { f: () => value }"),
            ("late.ts", "export const value = await new Promise<number>((resolve) => setTimeout(() => resolve(4), 5))"));
        await using var cell = await TestCell.StartAsync();
        await cell.LoadAsync(new PluginCopy { Number = 1, Install = 1, Name = "p", Code = code });

        Assert.Equal("4", await cell.ValueAsync(1, "functions.f"));
    }
}
