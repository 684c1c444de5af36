export default {
  define: { VERSION: '"0"', ONLY_BROWSERS: "false" },
  test: { include: ["test/**/*.test.ts"] },
};
